/* The C API of mercurial.rustext: index, node map and dirstate for native code, without any Python
 * object between.
 *
 *     const hg_api *hg = hg_api_import();              // NULL with an exception set
 *     PyObject *capsule = PyObject_CallMethod(changelog, "__hg_index__", NULL);
 *     const hg_index *index = PyCapsule_GetPointer(capsule, HG_INDEX_CAPSULE);
 *
 * A capsule holds a share of what it names; `*_retain` makes another one that outlives the capsule,
 * `*_release` gives one back. Functions need no interpreter lock and may be called from any thread; they
 * return a status and write answers through pointers. After the repository was closed they return
 * HG_CLOSED. Members are only ever added at the end: check `struct_size` before using newer ones.
 */
#ifndef HG_CAPI_H
#define HG_CAPI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HG_ABI_MAJOR 1

#define HG_OK 0
#define HG_CLOSED 1     /* the repository was closed */
#define HG_NOT_FOUND 2  /* there is no such node or path */
#define HG_INVALID 3    /* no revision of this index, no node id */
#define HG_PANIC 4      /* a mistake in the library */
#define HG_FAILED 5     /* something could not be read */

#define HG_API_CAPSULE "mercurial.rustext.C_API"
#define HG_REPO_CAPSULE "mercurial.rustext.hg_repo.v1"
#define HG_INDEX_CAPSULE "mercurial.rustext.hg_index.v1"

typedef struct hg_repo hg_repo;
typedef struct hg_index hg_index;
typedef struct hg_dirstate hg_dirstate;

typedef struct {
    uint8_t tracked;      /* the working directory tracks it */
    uint8_t p1_tracked;   /* the first parent has it */
    uint8_t p2_info;      /* the second parent has a say in it */
    uint8_t has_metadata; /* mode, size and time are those of the clean file */
    uint32_t mode;
    int64_t size;              /* -1 when not known */
    int64_t mtime_seconds;     /* -1 when not known */
    uint32_t mtime_nanoseconds;
    uint32_t padding;
} hg_dirstate_entry;

/* Called for each file; anything but HG_OK ends the walk and is returned. */
typedef int32_t (*hg_dirstate_visit)(void *context, const uint8_t *path, size_t length,
                                     const hg_dirstate_entry *entry);

typedef struct {
    uint32_t abi_version; /* major in the upper 16 bits */
    uint32_t struct_size; /* of this table, in bytes */

    void (*repo_retain)(const hg_repo *);
    void (*repo_release)(const hg_repo *);
    /* What the repository shows now; released with index_release, dirstate_release. */
    int32_t (*repo_index)(const hg_repo *, const hg_index **out);
    int32_t (*repo_dirstate)(const hg_repo *, hg_dirstate **out);

    void (*index_retain)(const hg_index *);
    void (*index_release)(const hg_index *);
    /* Number of revisions, filtered ones too. */
    int32_t (*index_len)(const hg_index *, int32_t *out);
    /* Revision -1 is null everywhere. */
    int32_t (*index_node)(const hg_index *, int32_t rev, uint8_t out[20]);
    int32_t (*index_rev)(const hg_index *, const uint8_t *node, size_t length, int32_t *out);
    int32_t (*index_parents)(const hg_index *, int32_t rev, int32_t out[2]);
    int32_t (*index_linkrev)(const hg_index *, int32_t rev, int32_t *out);
    /* 1 when the view leaves the revision out. */
    int32_t (*index_hidden)(const hg_index *, int32_t rev, int32_t *out);

    void (*dirstate_release)(hg_dirstate *);
    int32_t (*dirstate_get)(const hg_dirstate *, const uint8_t *path, size_t length,
                            hg_dirstate_entry *out);
    int32_t (*dirstate_each)(const hg_dirstate *, hg_dirstate_visit, void *context);
} hg_api;

#ifdef Py_PYTHON_H
/* The table, or NULL with an exception set: ImportError for one that this header does not fit. */
static inline const hg_api *hg_api_import(void)
{
    const hg_api *api;
    PyObject *module = PyImport_ImportModule("mercurial.rustext");
    PyObject *capsule;
    if (module == NULL)
        return NULL;
    capsule = PyObject_GetAttrString(module, "C_API");
    Py_DECREF(module);
    if (capsule == NULL)
        return NULL;
    api = (const hg_api *)PyCapsule_GetPointer(capsule, HG_API_CAPSULE);
    Py_DECREF(capsule);
    if (api != NULL &&
        (api->abi_version >> 16 != HG_ABI_MAJOR || api->struct_size < sizeof(hg_api))) {
        PyErr_SetString(PyExc_ImportError, "mercurial.rustext has another C API");
        return NULL;
    }
    return api;
}
#endif

#ifdef __cplusplus
}
#endif
#endif
