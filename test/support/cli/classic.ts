/** The output of ping with what differs from run to run taken out: times, what was in flight, the dots of a flood. */
export function withoutTimes(output: string): string {
  return output
    .replace(/^\[\d+\.\d{6}\] /gm, '[stamp] ')
    .replace(/time=[\d.]+ ms/g, 'time=T ms')
    .replace(/time \d+ms/g, 'time Tms')
    .replace(/mdev = \d+\.\d{3}\/\d+\.\d{3}\/\d+\.\d{3}\/\d+\.\d{3} ms/g, 'mdev = T ms')
    .replace(/ipg\/ewma \d+\.\d{3}\/\d+\.\d{3} ms/g, 'ipg/ewma T ms')
    .replace(/(?:^|, )pipe \d+$/gm, '')
    .replace(/\t\d+ absolute/g, '\tT absolute')
    .replace(/^(TS: )?((?:\t\S+)?)\t\d+$/gm, '$1$2\tT')
    .replace(/[.\x08]+ ?[.\x08 ]*(?=\n--- )/g, 'dots');
}
