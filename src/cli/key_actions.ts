import type { TakeView } from "../control/view.ts";
import type { Studio } from "../take/studio.ts";

/** Takes that can be chosen by one digit. */
const MOST_CHOICES = 9;

/**
 * What the terminal's keys do: `r` has every paused take go on, `f` ends the take. Where there are
 * several, `f` names them with numbers and the next key chooses: a digit alone does nothing, and a number
 * means the take that it was shown with, for a finished take cannot be taken back.
 *
 * @param say Tells the person at the keyboard.
 * @returns Told of each key.
 */
export function keyActions(
  views: () => TakeView[],
  studio: Pick<Studio, "finish" | "resume">,
  say: (text: string) => void,
): (key: string) => void {
  /** Ids of the takes that were offered by the key before. */
  let offered: readonly string[] = [];

  function resume(): void {
    const paused = views().filter(({ phase }) => phase === "paused");
    if (paused.length === 0) say("No take is paused");
    for (const { id } of paused) studio.resume(id);
  }

  function finish(id: string | undefined): void {
    const view = views().find((view) => view.id === id && view.canFinish);
    if (view === undefined) return say("It cannot be finished now");
    studio.finish(view.id);
    say(`Finishing ${view.name} at its present size, by your word`);
  }

  function offer(): void {
    const open = views().filter(({ canFinish }) => canFinish);
    if (open.length === 0) return say("No take can be finished now");
    if (open.length === 1) return finish(open[0]!.id);
    const choices = open.slice(0, MOST_CHOICES);
    offered = choices.map(({ id }) => id);
    say(`Which take? ${choices.map(({ name }, i) => `${i + 1} ${name}`).join(", ")}`);
  }

  return (key) => {
    const choices = offered;
    offered = [];
    try {
      if (key === "r") resume();
      else if (key === "f") offer();
      else if (/^[1-9]$/.test(key) && choices.length > 0) finish(choices[Number(key) - 1]);
    } catch (error) { // the journal cannot be written: the next key counts all the same
      say((error as Error).message);
    }
  };
}
