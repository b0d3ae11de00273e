import type { TraceExtension } from '../../engine/trace/trace-event.js';
import { harmless } from '../harmless.js';

/** Extensions of one answer as traceroute's -e shows them: `<MPLS:L=16001,E=0,S=1,T=1>`. */
export function extensionsText(extensions: readonly TraceExtension[]): string {
  return `<${extensions.map(extensionText).join('/')}>`;
}

function extensionText(extension: TraceExtension): string {
  switch (extension.kind) {
    case 'mpls': {
      const { label, trafficClass, bottom, ttl } = extension;
      return `MPLS:L=${label},E=${trafficClass},S=${bottom ? 1 : 0},T=${ttl}`;
    }
    case 'unknown':
      return `${extension.class}/${extension.type}:${extension.data}`;
    case 'interface': {
      const { role, index, address, name, mtu } = extension;
      return `INF:${[role, ...facts({ index, address, name, mtu })].join(',')}`;
    }
    case 'interface-identification': {
      const { index, address, name } = extension;
      return `INF:${facts({ index, address, name }).join(',')}`;
    }
  }
}

function facts(values: Record<string, string | number | undefined>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${harmless(String(value))}`],
  );
}
