import type { Chance } from "./chance.ts";
import type { Files, SimFile } from "./files.ts";
import { durationMs, type RecordingPlan } from "./plan.ts";
import { recorderNamed } from "./recorders/all.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorders/recorder.ts";
import type { Owner, Schedule } from "./schedule.ts";

/** Folder of the simulated recordings. */
export const FOLDER = "/rec";

/** A recorder at work, and what is true of its recording. */
export interface Recording {
  readonly plan: RecordingPlan;
  readonly recorder: Recorder;
  /** The watched path. */
  readonly path: string;
  /** Whether the command names it when it is run next. */
  isNamed: boolean;
  /** Whether the recorder still has the take open. */
  isOpen: boolean;
  /** When it began anew under the same name, world milliseconds; null while it has not. */
  reopenedAtMs: number | null;
  /** When it closed its file or died, world milliseconds; null before. */
  endedAtMs: number | null;
  /** Whether all its media are written: it is about to stop. */
  hasAllMedia(): boolean;
  /** It died before it had finished its file. */
  hasDied: boolean;
  /** The file of the take; null before it was created. */
  file: SimFile | null;
  /** When its file was changed last by anybody, world milliseconds. */
  changedAtMs: number;
  /** Resolves when everything that will happen to the file has happened. */
  readonly over: Promise<void>;
  /** Whether that is so. */
  isOver: boolean;
  /** The final part was written down (or its first PUT): has the plan's `atFinal` happen, once. */
  onFinal(isStart: boolean, program: OnFinal): void;
}

/** What can happen to the program around the final part. */
export interface OnFinal {
  crash(): void;
  /** No answer arrives for so long. */
  deafen(forMs: number): void;
}

/** Part of a file's end that the final part is likely to hold. */
const LAST_BYTES = 1000;

/** Most writes of one recorder: longer takes are written in larger pieces. */
const MOST_WRITES = 3000;

/** Starts a recorder. @param index Tells it from the others of this world. */
export function startRecording(
  schedule: Schedule,
  files: Files,
  plan: RecordingPlan,
  index: number,
  chance: Chance,
  note: (what: string) => void,
): Recording {
  const recorder = recorderNamed(plan.recorder);
  const name = `take${index + 1}${recorder.extension}`;
  const owner: Owner = { isDead: false, frozenUntilMs: 0 };
  const opened: SimFile[] = [];
  let rounds = 0;
  let isFinalSeen = false;
  let writtenBytes = 0;
  let pauses = [...plan.pauses];
  const gone = Promise.withResolvers<void>();

  const recording: Recording = {
    plan,
    recorder,
    path: `${FOLDER}/${name}`,
    isNamed: plan.isAdded === undefined,
    isOpen: true,
    reopenedAtMs: null,
    endedAtMs: null,
    hasDied: false,
    hasAllMedia: () => writtenBytes >= plan.mediaBytes,
    file: null,
    changedAtMs: 0,
    over: live().then(() => void (recording.isOver = true)),
    isOver: false,
    onFinal,
  };

  function touch(file: SimFile): void {
    files.written(file);
    recording.changedAtMs = schedule.nowMs;
  }

  function handle(file: SimFile, path: string): RecorderFile {
    const { content } = file;
    /** A dead recorder writes nothing any more. */
    const doing = (act: () => void) => {
      if (owner.isDead) return;
      act();
      touch(file);
    };
    return {
      get sizeBytes() {
        return content.sizeBytes;
      },
      writeMedia: (...args) => doing(() => content.writeMedia(...args)),
      writeBytes: (...args) => doing(() => content.writeBytes(...args)),
      truncate: (sizeBytes) => doing(() => content.truncate(sizeBytes)),
      copy: (...args) => doing(() => content.copy(...args)),
      rename: (to) => doing(() => files.rename(path, path = `${FOLDER}/${to}`)),
      unlink: () => doing(() => files.unlink(path)),
    };
  }

  const tools: RecorderTools = {
    chance,
    name,
    mediaBytes: plan.mediaBytes,
    get media() {
      return index + 1 + 10 * rounds;
    },
    wait: (delayMs) => schedule.wait(delayMs, owner),
    create(name_ = name) {
      const path = `${FOLDER}/${name_}`;
      const older = files.at(path);
      const file = older ?? files.create(path);
      if (older !== undefined) file.content.truncate(0);
      opened.push(file);
      file.writers++;
      recording.file = file;
      note(`${name}: created as ${name_}`);
      touch(file);
      return handle(file, path);
    },
    async roll(file, start, sizeBytes, from, onWrite) {
      const stepBytes = Math.max(
        1,
        Math.round(plan.bytesPerSecond * plan.writeEveryMs / 1000),
        Math.ceil(plan.mediaBytes / MOST_WRITES),
      );
      for (let done = 0; done < sizeBytes;) {
        const bytes = Math.min(stepBytes, sizeBytes - done);
        await tools.wait(1000 * bytes / plan.bytesPerSecond);
        file.writeMedia(start + done, bytes, tools.media, from + done);
        done += bytes;
        writtenBytes += bytes;
        onWrite?.(done);
        if (writtenBytes >= plan.mediaBytes * (plan.diesAtShare ?? Infinity)) return await die();
        const pause = pauses.find(({ atShare }) => writtenBytes >= atShare * plan.mediaBytes);
        if (pause === undefined) continue;
        pauses = pauses.filter((one) => one !== pause);
        note(`${name}: pauses for ${pause.forMs} ms`);
        await tools.wait(pause.forMs);
      }
    },
  };

  function end(hasDied: boolean): void {
    for (const file of opened.splice(0)) file.writers--;
    recording.isOpen = false;
    recording.hasDied = hasDied;
    recording.endedAtMs = schedule.nowMs;
    note(`${name}: ${hasDied ? "died" : "finished"} at ${recording.file?.content.sizeBytes} bytes`);
  }

  function die(): Promise<never> {
    end(true);
    owner.isDead = true;
    gone.resolve();
    return new Promise(() => {});
  }

  function onFinal(isStart: boolean, { crash, deafen }: OnFinal): void {
    const { atFinal } = plan;
    if (atFinal === undefined || isFinalSeen || isStart !== (atFinal.fromStart ?? false)) return;
    isFinalSeen = true;
    const { patchMs, appendMs, crashMs, deafMs = null } = atFinal;
    if (deafMs !== null) deafen(deafMs);
    const after = (delayMs: number | null, act: (file: SimFile) => void) =>
      delayMs !== null &&
      schedule.after(delayMs, null, () => {
        // While it is recorded nobody else writes to it.
        if (recording.file !== null && !recording.isOpen) act(recording.file);
      });
    after(patchMs, (file) => patch(file, chance.happens(0.5) ? LAST_BYTES : Infinity));
    after(appendMs, (file) => write(file, file.content.sizeBytes));
    if (crashMs !== null) schedule.after(crashMs, null, crash);
  }

  /** @param lastBytes How far from its end the file is patched at most. */
  function patch(file: SimFile, lastBytes: number): void {
    const { sizeBytes } = file.content;
    if (sizeBytes > 0) write(file, chance.whole(Math.max(0, sizeBytes - lastBytes), sizeBytes - 1));
  }

  function write(file: SimFile, at: number): void {
    file.content.writeBytes(at, Uint8Array.from(chance.hex(8), (digit) => digit.charCodeAt(0)));
    note(`${name}: changed at ${at} by somebody else`);
    touch(file);
  }

  async function live(): Promise<void> {
    await schedule.wait(plan.startMs, null);
    await Promise.race([recorder.record(tools).then(() => end(false)), gone.promise]);
    if (plan.againMs !== null && !owner.isDead) {
      await schedule.wait(plan.againMs, null);
      rounds++;
      writtenBytes = 0;
      Object.assign(recording, { isOpen: true, reopenedAtMs: schedule.nowMs, endedAtMs: null });
      await Promise.race([recorder.record(tools).then(() => end(false)), gone.promise]);
    }
    const { file } = recording;
    if (plan.lateChangeMs === null || file === null) return;
    await schedule.wait(plan.lateChangeMs, null);
    patch(file, Infinity);
  }

  return recording;
}

/** Hours that a plan's recorders record in all. */
export function recordedHours(recordings: readonly Recording[]): number {
  return recordings.reduce(
    (sum, { plan, endedAtMs }) =>
      sum + ((endedAtMs ?? durationMs(plan)) - plan.startMs) / 3_600_000,
    0,
  );
}
