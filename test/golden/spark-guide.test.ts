import { col, count, explode, MemoryStream, type OutputMode, Session, split, timestamp, utf8, window } from "millrace";
import { describe, expect, test } from "vitest";

/*
 * The examples of Spark's Structured Streaming guide, cell by cell: the windowed word count with a watermark of ten
 * minutes ("Window Operations on Event Time", "Handling Late Data and Watermarking"), and the classical word count.
 * Where this engine differs on purpose (DESIGN 4.5), the test says so.
 */

const time = (clock: string): Date => new Date(`2014-01-01T${clock}:00Z`);
const clock = (date: Date): string => date.toISOString().slice(11, 16);

/** What arrives before the triggers of 12:10, 12:15, 12:20 and 12:25. */
const ARRIVALS: readonly (readonly (readonly [at: string, word: string])[])[] = [
  [
    ["12:07", "dog"],
    ["12:08", "owl"],
  ],
  [
    ["12:14", "dog"],
    ["12:09", "cat"],
  ],
  [
    ["12:15", "cat"],
    ["12:08", "dog"],
    ["12:13", "owl"],
    ["12:21", "owl"],
  ],
  [
    ["12:04", "donkey"],
    ["12:17", "owl"],
  ],
];

interface WindowRow {
  readonly window: { readonly start: Date; readonly end: Date };
  readonly word: string;
  readonly n: number;
}

/** The rows sent by each trigger, as "12:00-12:10 dog 1". */
async function windowedCounts(mode: OutputMode): Promise<{ sent: string[][]; late: string[] }> {
  const session = new Session();
  const words = new MemoryStream({ at: timestamp(), word: utf8() });
  const counts = session.readStream
    .memory(words)
    .withWatermark("at", "10 minutes")
    .groupBy(window("at", "10 minutes", "5 minutes"), "word")
    .agg({ n: count() });
  const sent: string[][] = [];
  const query = await counts.writeStream
    .outputMode(mode)
    .foreachBatch(async (batch) => {
      const rows = (await batch.collect()) as unknown as WindowRow[];
      sent.push(rows.map(({ window: { start, end }, word, n }) => `${clock(start)}-${clock(end)} ${word} ${n}`).sort());
    })
    .start();
  for (const rows of ARRIVALS) {
    words.add(rows.map(([at, word]) => ({ at: time(at), word })));
    const before = sent.length;
    await query.processAllAvailable();
    // A trigger that has nothing to send may leave the sink alone.
    if (sent.length === before) sent.push([]);
  }
  const late = query.lateRows().map(({ operator, total }) => `${operator}: ${total}`);
  await query.stop();
  return { sent, late };
}

describe("windowed word count, windows of 10 minutes every 5, watermark 10 minutes", () => {
  test("update: the counts that changed", async () => {
    const { sent, late } = await windowedCounts("update");
    expect(sent).toEqual([
      ["12:00-12:10 dog 1", "12:00-12:10 owl 1", "12:05-12:15 dog 1", "12:05-12:15 owl 1"],
      ["12:00-12:10 cat 1", "12:05-12:15 cat 1", "12:05-12:15 dog 2", "12:10-12:20 dog 1"],
      // 12:08 dog comes 13 minutes after 12:21 and is still counted: the watermark of this trigger is 12:04.
      [
        "12:00-12:10 dog 2",
        "12:05-12:15 dog 3",
        "12:05-12:15 owl 2",
        "12:10-12:20 cat 1",
        "12:10-12:20 owl 1",
        "12:15-12:25 cat 1",
        "12:15-12:25 owl 1",
        "12:20-12:30 owl 1",
      ],
      // 12:04 donkey is too late for 11:55-12:05 and 12:00-12:10, the watermark being 12:11.
      ["12:10-12:20 owl 2", "12:15-12:25 owl 2"],
    ]);
    // One late row per window that was missed.
    expect(late).toEqual(["aggregate(window, word)#0: 2"]);
  });

  test("append: the counts of a window once it is final", async () => {
    const { sent } = await windowedCounts("append");
    // Spark sends 12:00-12:10 at 12:25, in the trigger after the watermark passed 12:10. Here it goes out in the trigger
    // that moves the watermark to 12:11, at 12:20.
    expect(sent).toEqual([[], [], ["12:00-12:10 cat 1", "12:00-12:10 dog 2", "12:00-12:10 owl 1"], []]);
  });

  test("complete: the whole table", async () => {
    const { sent, late } = await windowedCounts("complete");
    expect(sent).toHaveLength(4);
    expect(sent[1]).toEqual([
      "12:00-12:10 cat 1",
      "12:00-12:10 dog 1",
      "12:00-12:10 owl 1",
      "12:05-12:15 cat 1",
      "12:05-12:15 dog 2",
      "12:05-12:15 owl 1",
      "12:10-12:20 dog 1",
    ]);
    // Spark's complete mode keeps all state and would count the donkey; here the modes never disagree about late rows.
    expect(sent[3]).toEqual([
      "12:00-12:10 cat 1",
      "12:00-12:10 dog 2",
      "12:00-12:10 owl 1",
      "12:05-12:15 cat 1",
      "12:05-12:15 dog 3",
      "12:05-12:15 owl 2",
      "12:10-12:20 cat 1",
      "12:10-12:20 dog 1",
      "12:10-12:20 owl 2",
      "12:15-12:25 cat 1",
      "12:15-12:25 owl 2",
      "12:20-12:30 owl 1",
    ]);
    expect(late).toEqual(["aggregate(window, word)#0: 2"]);
  });
});

describe("word count", () => {
  /** "word n" by trigger, in order of the words. */
  async function wordCounts(mode: OutputMode, lines: readonly string[]): Promise<string[][]> {
    const session = new Session();
    const stream = new MemoryStream({ value: utf8() });
    const words = session.readStream.memory(stream).select(explode(split(col("value"), " ")).as("word"));
    const sent: string[][] = [];
    const query = await words
      .groupBy("word")
      .agg({ n: count() })
      .writeStream.outputMode(mode)
      .foreachBatch(async (batch) => {
        const rows = (await batch.collect()) as unknown as { word: string; n: number }[];
        sent.push(rows.map(({ word, n }) => `${word} ${n}`).sort());
      })
      .start();
    for (const value of lines) {
      stream.add([{ value }]);
      await query.processAllAvailable();
    }
    await query.stop();
    return sent;
  }

  const LINES = ["cat dog dog dog", "owl cat", "dog owl"];

  test("complete", async () => {
    expect(await wordCounts("complete", LINES)).toEqual([
      ["cat 1", "dog 3"],
      ["cat 2", "dog 3", "owl 1"],
      ["cat 2", "dog 4", "owl 2"],
    ]);
  });

  test("update", async () => {
    expect(await wordCounts("update", LINES)).toEqual([
      ["cat 1", "dog 3"],
      ["cat 2", "owl 1"],
      ["dog 4", "owl 2"],
    ]);
  });

  test("append is refused: without event time no count is ever final", async () => {
    await expect(wordCounts("append", LINES)).rejects.toMatchObject({ code: "APPEND_NO_WATERMARK" });
  });
});
