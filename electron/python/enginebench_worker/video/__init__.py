"""From a container to rows of results: decode, preprocess, infer, postprocess and write, each a separate stage."""
