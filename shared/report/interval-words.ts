// How intervals were made, as a reader calls the methods: records keep their names as keys.

/** `Wilcoxon signed-rank, within one launch`. */
export function intervalWords(method: string): string {
  return method.replace('wilcoxon-signed-rank', 'Wilcoxon signed-rank').replace('student-t', 'Student’s t')
}

/** Each said once: a method that another only adds to stands within that. */
export function intervalsWords(methods: readonly string[]): string {
  const distinct = [...new Set(methods)]
  const whole = distinct.filter(
    (method) => !distinct.some((other) => other !== method && other.startsWith(`${method}, `)),
  )
  return whole.map(intervalWords).join('; ')
}
