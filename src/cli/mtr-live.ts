import type { PathWatch } from '../tools/watch-path.js';
import { lastScroll, MTR_LAYOUTS, type MtrView, mtrScreen } from './formats/mtr-screen.js';
import { FullScreen } from './full-screen.js';
import type { Output } from './output.js';

/** How often the screen is drawn at most, and at least while answers come. */
const FRAME_MS = 100;

export interface MtrLiveOptions {
  watch: PathWatch;
  output: Output;
  hostName: string;
  target: string;
  numeric: boolean;
  asNumbers: boolean;
  unicode: boolean;
}

/** The live view of a path: draws, and does what the keys say. */
export class MtrLive implements Disposable {
  private readonly screen: FullScreen;
  private readonly timer: NodeJS.Timeout;
  private layout = 0;
  private scroll = 0;
  private numeric: boolean;

  constructor(private readonly options: MtrLiveOptions) {
    this.numeric = options.numeric;
    this.screen = new FullScreen(
      options.output,
      key => this.press(key),
      () => this.draw(),
    );
    this.timer = setInterval(() => this.draw(), FRAME_MS);
    this.draw();
  }

  draw(): void {
    const view = this.view();
    this.scroll = Math.min(this.scroll, lastScroll(view));
    this.screen.draw(mtrScreen({ ...view, scroll: this.scroll }));
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
    this.screen[Symbol.dispose]();
  }

  private press(key: string): void {
    const { watch } = this.options;
    if (key === 'q' || key === 'interrupt') watch.stop();
    else if (key === 'p') watch.paused ? watch.resume() : watch.pause();
    else if (key === ' ') watch.resume();
    else if (key === 'r') watch.reset();
    else if (key === 'd') this.layout = (this.layout + 1) % MTR_LAYOUTS.length;
    else if (key === 'n') this.numeric = !this.numeric;
    else if (key === 'up') this.scroll = Math.max(0, this.scroll - 1);
    else if (key === 'down') this.scroll++;
    this.draw();
  }

  private view(): MtrView {
    const { watch, hostName, target, asNumbers, unicode } = this.options;
    const result = watch.result();
    return {
      columns: this.screen.columns,
      rows: this.screen.rows,
      hostName,
      target,
      address: result?.address ?? target,
      time: new Date().toTimeString().slice(0, 8),
      paused: watch.paused,
      reached: result?.reached ?? true,
      hops: result?.hops ?? [],
      pathLoss: result?.pathLoss ?? [],
      ...(result?.code !== undefined && { code: result.code }),
      layout: MTR_LAYOUTS[this.layout] ?? 'all',
      scroll: this.scroll,
      numeric: this.numeric,
      asNumbers,
      unicode,
    };
  }
}
