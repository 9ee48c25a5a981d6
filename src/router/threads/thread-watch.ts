import type { EdgeThread } from "./edge-thread.ts";

const BEATS = 20;

/**
 * Ends the thread when it answers nothing for `stuckMs`: it lives, but its event loop does not turn, so that its clients get
 * nothing and a plan would wait for it for good. Time is counted in beats of our own, so that nobody is blamed when the
 * whole process stood still.
 */
export function watchThread(thread: EdgeThread, stuckMs: number): void {
  let beats = 0;
  const heart = setInterval(() => {
    if (beats++ === 0) void thread.ask("alive", null).then(answered, stop);
    else if (beats > BEATS) {
      stop();
      void thread.terminate(`it was stuck: it answered nothing for ${stuckMs} ms`);
    }
  }, stuckMs / BEATS).unref();
  const answered = () => {
    beats = 0;
  };
  const stop = () => clearInterval(heart);
}
