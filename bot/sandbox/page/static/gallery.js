// The gallery only shows: forms are not submitted.

import { wordTimes } from "./times.js";

wordTimes(document);
document.addEventListener("submit", (event) => event.preventDefault());
