export const TRANSPORT = {} as const;
