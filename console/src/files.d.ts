/** A CSS module: the names of its classes. */
declare module "*.module.css" {
  const classes: { readonly [name: string]: string };
  export default classes;
}

declare module "*.css";

/** What Vite puts in at the build. */
interface ImportMeta {
  readonly env: { readonly DEV: boolean; readonly BASE_URL: string };
}
