import type { CheckpointFiles, CheckpointFolder } from "./checkpoint-files.js";
import { attemptOfName, numbersOf } from "./entry-name.js";
import { COMMITS, readEntry } from "./log-entry.js";
import type { CommitRecord } from "./records.js";
import { withoutStrays } from "./without-strays.js";

export interface RetentionParts {
  readonly files: CheckpointFiles;
  readonly retainBatches: number;
  /** Rejects when another run has taken over. */
  verify(): Promise<void>;
  warn(message: string): void;
}

/** The newest commit may turn out to be torn; then the one before it counts. */
const LEAST_RETAINED = 2;

interface OldFile {
  readonly folder: CheckpointFolder;
  readonly name: string;
  /** It may go when every commit up to this batch has gone. */
  readonly neededUntil: number;
}

/**
 * Keeps the newest `retainBatches` commits with their offsets, and every state file that one of them is read from. Looks
 * through the folders once per run; after that each commit makes known what falls out, and a clean-up is a few unlinks.
 * An entry goes only when all older ones of its log are gone, and offsets one commit later than their commit, when a later
 * publish has made its absence durable: so a crash leaves no gap, and no commit without offsets. What cannot be removed is
 * warned about and tried again; a query never fails by it.
 */
export class Retention {
  readonly #files: CheckpointFiles;
  readonly #retain: number;
  readonly #verify: () => Promise<void>;
  readonly #warn: (message: string) => void;
  #newest: CommitRecord | null = null;
  #hasListed = false;
  #oldestCommit = 0;
  #oldestOffsets = 0;
  /** Commits below this one are gone for good. */
  #commitsGoneBelow = 0;
  /** Ascending by neededUntil; strays of the logs among them. */
  #state: OldFile[] = [];
  #prepared: OldFile[] = [];
  #isFailing = false;

  constructor({ files, retainBatches, verify, warn }: RetentionParts) {
    this.#files = files;
    this.#retain = Math.max(LEAST_RETAINED, retainBatches);
    this.#verify = verify;
    this.#warn = warn;
  }

  /** A file of this run that no state refers to has been written. */
  notePrepared(name: string, batch: number): void {
    this.#prepared.push({ folder: "prepared", name, neededUntil: batch });
  }

  /** The commit is durable, and so is everything that was done to its folder before. */
  noteCommit(commit: CommitRecord): void {
    this.#commitsGoneBelow = this.#oldestCommit;
    if (this.#newest !== null) this.#state.push(...outdatedFiles(this.#newest, commit));
    this.#newest = commit;
  }

  /** Removes what nothing needs. Does nothing before this run's first commit: until then something may be open. */
  async cleanUp(): Promise<void> {
    const newest = this.#newest;
    if (newest === null) return;
    if (!this.#hasListed && !(await this.#attempted(() => this.#list(newest)))) return;
    this.#hasListed = true;
    const results = [
      await this.#attempted(() => this.#trimCommits(newest.batch - this.#retain)),
      await this.#attempted(() => this.#trimOffsets()),
      await this.#attempted(() => this.#drop(this.#state, this.#oldestCommit)),
      await this.#attempted(() => this.#drop(this.#prepared, newest.batch)),
    ];
    if (!results.includes(false)) this.#isFailing = false;
  }

  /** Finds what earlier runs left, oldest first. */
  async #list(newest: CommitRecord): Promise<void> {
    const found = { commits: await this.#numbers("commits"), offsets: await this.#numbers("offsets") };
    const commits = withoutStrays(found.commits, found.offsets);
    const offsets = withoutStrays(found.offsets, found.commits);
    this.#oldestCommit = commits[0] ?? newest.batch;
    this.#oldestOffsets = offsets[0] ?? newest.batch;
    const strays = [...straysOf("commits", found.commits, commits), ...straysOf("offsets", found.offsets, offsets)];
    this.#commitsGoneBelow = this.#oldestCommit;
    const older = commits.filter((batch) => batch > newest.batch - this.#retain && batch < newest.batch);
    const retained = [...(await this.#readCommits(older)), newest];
    const outdated = retained.slice(1).flatMap((commit, i) => outdatedFiles(retained[i], commit));
    const needed = new Set(retained.flatMap(({ state }) => state.map(({ path }) => path)));
    // What a commit needs that cannot be read, nobody knows.
    const isKnown = retained.length === older.length + 1;
    const garbage = isKnown ? await this.#garbage(needed, newest) : [];
    const prepared = await this.#leftPrepared(newest);
    // What was listed while this run was the owner cannot belong to a later one.
    await this.#verify();
    this.#state = [...strays, ...garbage, ...outdated];
    this.#prepared = [...prepared, ...this.#prepared];
  }

  async #numbers(folder: "commits" | "offsets"): Promise<readonly number[]> {
    return numbersOf(await this.#files.names(folder));
  }

  async #readCommits(batches: readonly number[]): Promise<readonly CommitRecord[]> {
    const commits: CommitRecord[] = [];
    for (const batch of batches) {
      const found = await readEntry(this.#files, COMMITS, { name: String(batch), batch });
      if (found.kind === "valid") commits.push(found.record);
      if (found.kind === "corrupt") this.#warn(`${found.path} is damaged: ${found.reason}. It is not needed any more.`);
    }
    return commits;
  }

  /** State files that no retained commit is read from; those of the batch in progress are not among them. */
  async #garbage(needed: ReadonlySet<string>, newest: CommitRecord): Promise<readonly OldFile[]> {
    const names = (await this.#files.names("state")).filter((name) => {
      const of = attemptOfName(name);
      return of !== null && of.batch <= newest.batch && !needed.has(`state/${name}`);
    });
    return names.map((name) => ({ folder: "state", name, neededUntil: -1 }));
  }

  async #leftPrepared(newest: CommitRecord): Promise<readonly OldFile[]> {
    const known = new Set(this.#prepared.map(({ name }) => name));
    const files: OldFile[] = [];
    for (const name of await this.#files.names("prepared")) {
      const of = attemptOfName(name);
      if (of !== null && of.batch <= newest.batch && !known.has(name)) {
        files.push({ folder: "prepared", name, neededUntil: of.attempt === newest.attempt ? of.batch : -1 });
      }
    }
    return files.sort((a, b) => a.neededUntil - b.neededUntil);
  }

  async #trimCommits(last: number): Promise<void> {
    while (this.#oldestCommit <= last) {
      await this.#unlink("commits", String(this.#oldestCommit));
      this.#oldestCommit++;
      if (this.#oldestCommit <= last) await this.#files.syncFolder("commits");
    }
  }

  async #trimOffsets(): Promise<void> {
    while (this.#oldestOffsets < this.#commitsGoneBelow) {
      await this.#unlink("offsets", String(this.#oldestOffsets));
      this.#oldestOffsets++;
      if (this.#oldestOffsets < this.#commitsGoneBelow) await this.#files.syncFolder("offsets");
    }
  }

  /** Removes the files that are needed only by batches below `oldest`. */
  async #drop(files: OldFile[], oldest: number): Promise<void> {
    while (files.length > 0 && files[0].neededUntil < oldest) {
      await this.#unlink(files[0].folder, files[0].name);
      files.shift();
    }
  }

  #unlink(folder: CheckpointFolder, name: string): Promise<void> {
    return this.#files.unlink({ folder, name, batch: null });
  }

  /** Whether it worked. Warns once about trouble that lasts. */
  async #attempted(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!this.#isFailing) this.#warn(`Old files of a checkpoint are left behind for now. ${String(error)}`);
      this.#isFailing = true;
      return false;
    }
  }
}

/** The first of `all`, those that are not among `sound`. */
function straysOf(folder: "commits" | "offsets", all: readonly number[], sound: readonly number[]): readonly OldFile[] {
  return all.slice(0, all.length - sound.length).map((batch) => ({ folder, name: String(batch), neededUntil: -1 }));
}

/** State files that a commit is read from and the next one is not. */
function outdatedFiles(before: CommitRecord, after: CommitRecord): readonly OldFile[] {
  const needed = new Set(after.state.map(({ path }) => path));
  return before.state
    .filter(({ path }) => !needed.has(path))
    .map(({ path }) => ({ folder: "state", name: path.slice(path.indexOf("/") + 1), neededUntil: after.batch - 1 }));
}
