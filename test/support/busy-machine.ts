/** What a busy machine may add to any time, in milliseconds: a bound in a test tells an answer from a hang and measures nothing. */
export const busyMachineMs = 5000;
