// The nine C functions that the Python bindings of TensorRT 11 link against, answered by TensorRT for RTX.
//
// Both libraries speak the same C++ interfaces from there on, so that the bindings drive a real parser and a real
// builder. The interfaces agree only up to a point: what lies past it reaches another function (README.md lists it).
// TensorRT for RTX is loaded beforehand by the Python package beside this library, and found here by its soname.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BUILDER "libtensorrt_rtx.so.1"
#define PARSER "libtensorrt_onnxparser_rtx.so.1"

static void *function_of(const char *library, const char *name) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
    void *found = handle ? dlsym(handle, name) : NULL;
    if (found == NULL) {
        fprintf(stderr, "test builder: %s has no %s: %s\n", library, name, dlerror());
        abort();
    }
    return found;
}

typedef int32_t (*version_function)(void);
typedef void *(*object_function)(void *, int32_t);
typedef void *(*paired_function)(void *, void *, int32_t);

// Each library refuses a caller that was compiled for another version, and the bindings name TensorRT's.
static int32_t builder_version(void) { return ((version_function)function_of(BUILDER, "getInferLibVersion"))(); }

void *createInferBuilder_INTERNAL(void *logger, int32_t bindings_version) {
    (void)bindings_version;
    return ((object_function)function_of(BUILDER, "createInferBuilder_INTERNAL"))(logger, builder_version());
}

void *createInferRuntime_INTERNAL(void *logger, int32_t bindings_version) {
    (void)bindings_version;
    return ((object_function)function_of(BUILDER, "createInferRuntime_INTERNAL"))(logger, builder_version());
}

void *createInferRefitter_INTERNAL(void *engine, void *logger, int32_t bindings_version) {
    (void)bindings_version;
    return ((paired_function)function_of(BUILDER, "createInferRefitter_INTERNAL"))(engine, logger, builder_version());
}

void *getBuilderPluginRegistry(int32_t capability) {
    return ((void *(*)(int32_t))function_of(BUILDER, "getBuilderPluginRegistry"))(capability);
}

void *getPluginRegistry(void) { return ((void *(*)(void))function_of(BUILDER, "getPluginRegistry"))(); }

void *createNvOnnxParser_INTERNAL(void *network, void *logger, int32_t version) {
    return ((paired_function)function_of(PARSER, "createNvOnnxParser_INTERNAL"))(network, logger, version);
}

void *createNvOnnxParserRefitter_INTERNAL(void *refitter, void *logger, int32_t version) {
    return ((paired_function)function_of(PARSER, "createNvOnnxParserRefitter_INTERNAL"))(refitter, logger, version);
}

int32_t getNvOnnxParserVersion(void) { return ((version_function)function_of(PARSER, "getNvOnnxParserVersion"))(); }

// There are no plugins to register; true means that all of them are.
int initLibNvInferPlugins(void *logger, const char *name_space) {
    (void)logger;
    (void)name_space;
    return 1;
}
