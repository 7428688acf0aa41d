/** What a link says of a lecture: which one is given, and which slide is shown. */
import { optional, text, wholeNumber } from "../kit/keys.js";

const MOST_NAME = 200; // letters

/** The name of a lecture that ships, or the path of a file on the page's own host. */
export const lectureKey = optional(text(MOST_NAME));

/** Slides are counted from 1. */
export const slideKey = wholeNumber(1, 999, 1);
