/** The question before a take is finished: finishing cannot be undone, so it takes two presses. */
import { size } from "./words.js";

const PATIENCE_MS = 8_000;

/** Makes the dialog; `onDone` is called when the service took or refused the wish. */
export function createFinishDialog(onDone) {
  const $ = (id) => document.getElementById(id);
  const dialog = $("dialog");
  let asked;

  function ask(view) {
    asked = view;
    $("dialog-name").textContent = view.name;
    $("dialog-size").textContent = size(view.recordedBytes);
    $("dialog-finish").disabled = false;
    complain(null);
    dialog.showModal();
  }

  function complain(text) {
    $("dialog-error").hidden = text === null;
    $("dialog-error").textContent = text ?? "";
  }

  async function finish() {
    $("dialog-finish").disabled = true;
    complain(null);
    try {
      const response = await fetch(`/api/takes/${encodeURIComponent(asked.id)}/finish`, {
        method: "POST",
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (response.ok) dialog.close();
      else complain(await reasonOf(response));
    } catch {
      complain("reeltime does not answer, so the take may go on. Try again when the page is live.");
    }
    $("dialog-finish").disabled = false;
    onDone();
  }

  $("dialog-finish").addEventListener("click", finish);
  $("dialog-cancel").addEventListener("click", () => dialog.close());

  return {
    ask,
    /** Keeps the size in the question true while the recorder writes on. */
    update(takes) {
      const view = takes.find((take) => dialog.open && take.id === asked.id);
      if (view) $("dialog-size").textContent = size(view.recordedBytes);
    },
  };
}

async function reasonOf(response) {
  const problem = await response.json().catch(() => ({}));
  return problem.detail
    ? `${problem.detail} ${problem.remedy ?? ""}`
    : `Refused: ${response.status}.`;
}
