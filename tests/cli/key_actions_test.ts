import { assertEquals } from "@std/assert";
import { keyActions } from "../../src/cli/key_actions.ts";
import type { TakeView } from "../../src/control/view.ts";
import { finalizedView, takeView } from "../control/views.ts";

/** A person at the keys of a run with these takes; `done` is what was asked of takes, and said. */
function atKeys(...takes: TakeView[]) {
  const shown = { takes };
  const done: string[] = [];
  const studio = {
    finish: (id: string) => (done.push(`finish ${id}`), "accepted" as const),
    resume: (id: string) => (done.push(`resume ${id}`), "accepted" as const),
  };
  const press = keyActions(() => shown.takes, studio, (text) => done.push(text));
  return { shown, done, press: (keys: string) => [...keys].forEach(press) };
}

const a = takeView({ id: "a", name: "A.mov" });
const b = takeView({ id: "b", name: "B.mov" });
const c = takeView({ id: "c", name: "C.mov" });
const WORDS = "at its present size, by your word";

Deno.test("f ends the only take, and says so where there is none", () => {
  const one = atKeys(finalizedView(), a);
  one.press("f");
  assertEquals(one.done, ["finish a", `Finishing A.mov ${WORDS}`]);
  const none = atKeys(finalizedView());
  none.press("f2");
  assertEquals(none.done, ["No take can be finished now"]);
});

Deno.test("a digit chooses only right after f", () => {
  const { done, press } = atKeys(a, b);
  press("2");
  assertEquals(done, []);
  press("fx2");
  assertEquals(done, ["Which take? 1 A.mov, 2 B.mov"]);
  press("f92");
  assertEquals(done.slice(1), ["Which take? 1 A.mov, 2 B.mov", "It cannot be finished now"]);
  press("f22");
  assertEquals(done.slice(-2), ["finish b", `Finishing B.mov ${WORDS}`]);
});

Deno.test("a number means the take that it was shown with, though another one has ended since", () => {
  const { shown, done, press } = atKeys(a, b, c);
  press("f");
  shown.takes = [finalizedView({ id: "a" }), b, c];
  press("2");
  assertEquals(done.slice(-2), ["finish b", `Finishing B.mov ${WORDS}`]);
  press("f");
  shown.takes = [finalizedView({ id: "b" }), c];
  press("1");
  assertEquals(done.at(-1), "It cannot be finished now");
});

Deno.test("r has every paused take go on", () => {
  const { done, press } = atKeys(a, takeView({ id: "p", phase: "paused" }));
  press("r");
  assertEquals(done, ["resume p"]);
  const none = atKeys(a);
  none.press("r");
  assertEquals(none.done, ["No take is paused"]);
});
