/** One Kubernetes object as plain data, keys in the order in which they are printed. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The folder tree: path relative to the output folder, with `/`, → the manifests in it, in order. */
export interface ManifestFile {
  readonly path: string;
  readonly manifests: readonly Manifest[];
}
