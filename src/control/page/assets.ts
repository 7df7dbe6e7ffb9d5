/** The status page's files, inlined as text so that a bundle or a compiled binary carries them. */
import cardCss from "./card.css" with { type: "text" };
import cardJs from "./card.js" with { type: "text" };
import cellsJs from "./cells.js" with { type: "text" };
import dialogJs from "./dialog.js" with { type: "text" };
import pageCss from "./page.css" with { type: "text" };
import pageHtml from "./page.html" with { type: "text" };
import pageJs from "./page.js" with { type: "text" };
import stripJs from "./strip.js" with { type: "text" };
import wordsJs from "./words.js" with { type: "text" };

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const JS = "text/javascript; charset=utf-8";

/** One file of the page: where it is served, as what, and its text. */
export interface PageAsset {
  readonly path: string;
  readonly contentType: string;
  readonly text: string;
}

/** Every file of the page. The page loads nothing from anywhere else. */
export const pageAssets: readonly PageAsset[] = [
  { path: "/", contentType: HTML, text: pageHtml },
  { path: "/page.css", contentType: CSS, text: pageCss },
  { path: "/card.css", contentType: CSS, text: cardCss },
  { path: "/page.js", contentType: JS, text: pageJs },
  { path: "/card.js", contentType: JS, text: cardJs },
  { path: "/cells.js", contentType: JS, text: cellsJs },
  { path: "/dialog.js", contentType: JS, text: dialogJs },
  { path: "/strip.js", contentType: JS, text: stripJs },
  { path: "/words.js", contentType: JS, text: wordsJs },
];
