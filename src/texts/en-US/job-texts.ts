export const JOB = {} as const;
