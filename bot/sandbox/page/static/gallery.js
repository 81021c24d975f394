// Nothing is pressed here: a form in the gallery has nowhere to go.

import { wordTimes } from "./times.js";

wordTimes(document);
document.addEventListener("submit", (event) => event.preventDefault());
