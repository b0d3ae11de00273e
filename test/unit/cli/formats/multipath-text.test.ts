import { describe, expect, it } from 'vitest';
import { multipathText } from '../../../../src/cli/formats/multipath-text.js';
import type { MultipathGraph } from '../../../../src/engine/trace/trace-event.js';

const summary = (more: Partial<MultipathGraph>): string[] => {
  const nodes = [{ ttl: 1, address: null, flows: [1, 2, 3, 4, 5, 6] }];
  const graph = { confidence: 0.95, complete: true, flows: 6, nodes, links: [], diamonds: [], ...more };
  return multipathText(graph, [], { numeric: true }).slice(graph.nodes.length);
};

describe('below the paths', () => {
  it('the confidence stands', () => {
    expect(summary({})).toEqual(['One path.', '6 flows; complete with 95 % confidence at each interface.']);
  });

  it('it says that there may be more where the run was ended before', () => {
    expect(summary({ complete: false, confidence: null })).toEqual([
      'One path so far.',
      '6 flows; ended before it was complete: there may be more paths.',
    ]);
  });

  it('it says that nothing answered', () => {
    const nothing = { complete: false, confidence: null, nodes: [] };
    expect(summary(nothing)).toEqual(['Nothing answered. 6 flows; no path is known.']);
  });
});
