/** The bandwidth that all takes share: what holds, and a form to change it while they run. */
import { read, send } from "./door.js";
import { size } from "./words.js";
import { write } from "./write.js";

const PATH = "/api/limits";

/** Bytes a second in one Mbit/s. */
const MBIT = 125_000;

const $ = (id) => document.getElementById(id);

/** Takes over the form. */
export function createLimits() {
  const form = $("limit-form");

  function show({ bytesPerSecond, lanes }) {
    write(
      $("limit-now"),
      bytesPerSecond === null ? "no limit" : `${size(bytesPerSecond)}/s at most`,
    );
    if (form.contains(document.activeElement)) return; // not under the hands of who types
    $("limit-rate").value = bytesPerSecond === null ? "" : String(bytesPerSecond / MBIT);
    $("limit-lanes").value = String(lanes);
  }

  async function refresh() {
    try {
      show(await read(PATH));
      $("limits").hidden = false;
    } catch {
      // The page says by itself that nobody answers.
    }
  }

  async function apply() {
    const rate = $("limit-rate").value;
    const refusal = await send("PATCH", PATH, {
      bytesPerSecond: rate === "" ? null : Math.max(1, Math.round(Number(rate) * MBIT)),
      lanes: Number($("limit-lanes").value),
    });
    write($("limit-note"), refusal ?? "Holds from now on.");
    $("limit-note").toggleAttribute("data-refused", refusal !== null);
    await refresh();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  form.addEventListener("input", () => write($("limit-note"), ""));
  $("limit-none").addEventListener("click", () => {
    $("limit-rate").value = "";
    apply();
  });
  return { refresh };
}
