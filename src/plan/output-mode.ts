/** What is sent per trigger; never what the query means (DESIGN 4.3). */
export type OutputMode = "append" | "update" | "complete" | "changelog";
