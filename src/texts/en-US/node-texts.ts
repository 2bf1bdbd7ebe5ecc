export const NODE = {} as const;
