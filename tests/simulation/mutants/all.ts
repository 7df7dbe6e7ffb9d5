import { deciding } from "./deciding.ts";
import { ending } from "./ending.ts";
import type { Mutant } from "./mutant.ts";
import { operating } from "./operating.ts";
import { registering } from "./registering.ts";
import { remembering } from "./remembering.ts";
import { sending } from "./sending.ts";
import { sharing } from "./sharing.ts";

/** Every deliberate bug, in the order of the line. */
export const mutants: readonly Mutant[] = [
  ...deciding,
  ...registering,
  ...sending,
  ...ending,
  ...remembering,
  ...operating,
  ...sharing,
];
