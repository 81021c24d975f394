"use strict";
// Nothing is pressed here: a form in the gallery has nowhere to go.

wordTimes(document);
document.addEventListener("submit", (event) => event.preventDefault());
