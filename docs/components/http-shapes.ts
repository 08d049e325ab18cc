import developmentSource from '../../service/contract/development.ts?raw';
import healthSource from '../../service/contract/health.ts?raw';
import { type Interface, readInterfaces } from './interface-fields.ts';

const interfaces = new Map([...readInterfaces(healthSource), ...readInterfaces(developmentSource)]);

/** @throws Error where the contract has no interface of that name. */
export function shapeOf(name: string): Interface {
  const found = interfaces.get(name);
  if (!found) throw new Error(`The contract has no interface ${name}.`);
  return found;
}

const plainTypes: Readonly<Record<string, string>> = {
  'Readonly<Record<string, unknown>>': 'object',
  TokenDefect: 'string',
  'ConnectionErrorCode | null': 'string | null',
};

/** A type without the names that only the source knows. */
export function plainType(type: string): string {
  return plainTypes[type] ?? type.replaceAll('readonly ', '');
}
