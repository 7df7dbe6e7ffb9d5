/** The status page's files, inlined as text so that a bundle or a compiled binary carries them. */
import actionsJs from "./actions.js" with { type: "text" };
import boardJs from "./board.js" with { type: "text" };
import cardCss from "./card.css" with { type: "text" };
import cardJs from "./card.js" with { type: "text" };
import cellsJs from "./cells.js" with { type: "text" };
import dialogJs from "./dialog.js" with { type: "text" };
import doorJs from "./door.js" with { type: "text" };
import historyJs from "./history.js" with { type: "text" };
import limitsJs from "./limits.js" with { type: "text" };
import loginHtml from "./login.html" with { type: "text" };
import loginJs from "./login.js" with { type: "text" };
import machineCss from "./machine.css" with { type: "text" };
import machineJs from "./machine.js" with { type: "text" };
import pageCss from "./page.css" with { type: "text" };
import pageHtml from "./page.html" with { type: "text" };
import pageJs from "./page.js" with { type: "text" };
import rowsCss from "./rows.css" with { type: "text" };
import sparkJs from "./spark.js" with { type: "text" };
import stripJs from "./strip.js" with { type: "text" };
import timelineJs from "./timeline.js" with { type: "text" };
import wordsJs from "./words.js" with { type: "text" };
import writeJs from "./write.js" with { type: "text" };

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const JS = "text/javascript; charset=utf-8";

/** One file of the page: where it is served, as what, and its text. */
export interface PageAsset {
  readonly path: string;
  readonly contentType: string;
  readonly text: string;
}

/** The login form and what it needs: served to anyone, for it says nothing of any take. */
export const loginAssets: readonly PageAsset[] = [
  { path: "/login", contentType: HTML, text: loginHtml },
  { path: "/login.js", contentType: JS, text: loginJs },
  { path: "/page.css", contentType: CSS, text: pageCss },
];

/** Every file of the page. The page loads nothing from anywhere else. */
export const pageAssets: readonly PageAsset[] = [
  { path: "/", contentType: HTML, text: pageHtml },
  ...loginAssets,
  { path: "/machine.css", contentType: CSS, text: machineCss },
  { path: "/card.css", contentType: CSS, text: cardCss },
  { path: "/rows.css", contentType: CSS, text: rowsCss },
  { path: "/actions.js", contentType: JS, text: actionsJs },
  { path: "/board.js", contentType: JS, text: boardJs },
  { path: "/card.js", contentType: JS, text: cardJs },
  { path: "/cells.js", contentType: JS, text: cellsJs },
  { path: "/dialog.js", contentType: JS, text: dialogJs },
  { path: "/door.js", contentType: JS, text: doorJs },
  { path: "/history.js", contentType: JS, text: historyJs },
  { path: "/limits.js", contentType: JS, text: limitsJs },
  { path: "/machine.js", contentType: JS, text: machineJs },
  { path: "/page.js", contentType: JS, text: pageJs },
  { path: "/spark.js", contentType: JS, text: sparkJs },
  { path: "/strip.js", contentType: JS, text: stripJs },
  { path: "/timeline.js", contentType: JS, text: timelineJs },
  { path: "/words.js", contentType: JS, text: wordsJs },
  { path: "/write.js", contentType: JS, text: writeJs },
];
