/** The question before something is lost: it takes two presses, and the safe answer has the focus. */
import { send } from "./door.js";
import { questionOf } from "./actions.js";

/** Makes the dialog; `onDone` is called when the service took or refused the wish. */
export function createDialog(onDone) {
  const $ = (id) => document.getElementById(id);
  const dialog = $("dialog");
  let asked;

  function write({ title, text, keep, go }) {
    $("dialog-title").textContent = title;
    $("dialog-text").textContent = text;
    $("dialog-keep").textContent = keep;
    $("dialog-go").textContent = go;
  }

  function complain(text) {
    $("dialog-error").hidden = text === null;
    $("dialog-error").textContent = text ?? "";
  }

  async function go() {
    const { view, operation } = asked;
    $("dialog-go").disabled = true;
    complain(null);
    const refusal = await send("POST", takePath(view, operation));
    if (refusal === null) dialog.close();
    else complain(refusal);
    $("dialog-go").disabled = false;
    onDone();
  }

  $("dialog-go").addEventListener("click", go);
  $("dialog-keep").addEventListener("click", () => dialog.close());

  return {
    /** Asks, if something would be lost; returns false where nothing would. */
    ask(view, operation) {
      const question = questionOf(operation, view);
      if (question === null) return false;
      asked = { view, operation };
      write(question);
      $("dialog-name").textContent = view.name;
      $("dialog-go").disabled = false;
      complain(null);
      dialog.showModal();
      return true;
    },
    /** Keeps the sizes in the question true while the recorder writes on. */
    update(takes) {
      const view = takes.find((take) => dialog.open && take.id === asked.view.id);
      const text = view && questionOf(asked.operation, view).text;
      if (text && $("dialog-text").textContent !== text) $("dialog-text").textContent = text;
    },
  };
}

/** The path of a take's operation. */
export function takePath({ id }, operation) {
  return `/api/takes/${encodeURIComponent(id)}/${operation}`;
}
