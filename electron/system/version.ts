// The product's version, from package.json, so that it is declared once. The bundler copies it in.
import { version } from '../../package.json'

export const enginebenchVersion: string = version
