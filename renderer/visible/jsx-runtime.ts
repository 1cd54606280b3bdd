// How every text gets into the page: this stands before React's own runtime for all of the window's elements (see
// tsconfig.json and vite.config.ts), so that no screen can forget to show what a name hides. What a field holds to be
// edited (`value`) stays as it is.
import * as react from 'react/jsx-runtime'
import { shownProps } from './shown-props.ts'

export type { JSX } from 'react/jsx-runtime'

export const Fragment = react.Fragment
export const jsx: typeof react.jsx = (type, props, key) => react.jsx(type, shownProps(props), key)
export const jsxs: typeof react.jsxs = (type, props, key) => react.jsxs(type, shownProps(props), key)
