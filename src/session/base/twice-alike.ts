/**
 * Asks until two answers in a row are alike: there is no frame check, and nothing that matters must hang on one
 * garbled byte.
 * @param doubts how often it is asked again at most
 * @returns the last answer, and whether it came twice
 */
export async function twiceAlike<Answer>(
  ask: () => Promise<Answer>,
  doubts: number,
  isSame: (a: Answer, b: Answer) => boolean = Object.is,
): Promise<{ answer: Answer; sure: boolean }> {
  let answer = await ask();
  for (let doubt = 0; doubt < doubts; doubt++) {
    const before = answer;
    answer = await ask();
    if (isSame(before, answer)) return { answer, sure: true };
  }
  return { answer, sure: false };
}
