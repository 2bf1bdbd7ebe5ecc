/** Runs all, so many at a time, and gives the results in the order of what they are of. */
export async function someAtOnce<In, Out>(
  count: number,
  all: readonly In[],
  run: (one: In, index: number) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  const waiting = [...all.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, one] = next;
      results[index] = await run(one, index);
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
  return results;
}
