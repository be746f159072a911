// The preview's own drawings.
import { addShapes } from "../dom.js";

addShapes({
  back: "M15 5l-7 7 7 7",
  forward: "M9 5l7 7-7 7",
  reload: "M20 11a8 8 0 1 0-2 6M20 5v6h-6",
  outside: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  stop: "M6 6h12v12H6z",
  clear: "M5 19l14-14M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z",
});
