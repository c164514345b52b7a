import { sbomStatements, signStatement } from '../../src/domain/image/signing.ts';
import { PreconditionError, ToolError } from '../../src/runtime/errors.ts';
import type { Cosign } from '../../src/tools/cosign.ts';

export interface FakeCosignState {
  readonly order: string[];
  /** Of the one image that there is. */
  readonly said: string[];
  readonly signerFails: boolean;
  readonly signFails: boolean;
}

/** A signer that remembers what it has said, in memory. */
export const fakeCosign = (state: FakeCosignState) => (): Promise<Cosign> => {
  state.order.push('signer');
  if (state.signerFails) return Promise.reject(new PreconditionError('no OIDC token', 'Let it have one.'));
  const say = (statement: string): Promise<void> => {
    if (state.signFails) {
      return Promise.reject(
        new ToolError(['cosign', 'sign'], 1, 'no route to host', 'See what cosign says.'),
      );
    }
    state.said.push(statement);
    return Promise.resolve();
  };
  return Promise.resolve({
    signer: {
      kind: 'keyless',
      identity: 'https://github.com/shop/release.yml',
      issuer: 'https://issuer.test',
    },
    said: (image) => {
      state.order.push(`said ${image}`);
      return Promise.resolve([...state.said]);
    },
    sign: (image) => {
      state.order.push(`sign ${image}`);
      return say(signStatement);
    },
    attest: (image, { format }) => {
      state.order.push(`attest ${image}`);
      return say(sbomStatements[format]);
    },
  });
};
