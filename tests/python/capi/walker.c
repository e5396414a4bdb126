/* A native extension of a third party: walks the index and the dirstate through the C API. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "hg_capi.h"

static const hg_api *hg;

static PyObject *status(int32_t code)
{
    switch (code) {
    case HG_CLOSED: PyErr_SetString(PyExc_RuntimeError, "closed"); break;
    case HG_NOT_FOUND: PyErr_SetString(PyExc_LookupError, "not found"); break;
    default: PyErr_Format(PyExc_ValueError, "status %d", (int)code);
    }
    return NULL;
}

/* walk(capsule) -> (revisions, sum of parents, revisions found again by their node) */
static PyObject *walk(PyObject *self, PyObject *capsule)
{
    const hg_index *index = PyCapsule_GetPointer(capsule, HG_INDEX_CAPSULE);
    int32_t length = 0, code, rev, found = 0;
    int64_t sum = 0, again = 0;
    if (index == NULL)
        return NULL;
    hg->index_retain(index);
    Py_BEGIN_ALLOW_THREADS
    code = hg->index_len(index, &length);
    for (rev = 0; code == HG_OK && rev < length; rev++) {
        uint8_t node[20];
        int32_t parents[2];
        code = hg->index_parents(index, rev, parents);
        if (code == HG_OK)
            code = hg->index_node(index, rev, node);
        if (code == HG_OK)
            code = hg->index_rev(index, node, sizeof(node), &found);
        if (code == HG_OK) {
            sum += parents[0] + parents[1];
            again += found == rev;
        }
    }
    hg->index_release(index);
    Py_END_ALLOW_THREADS
    if (code != HG_OK)
        return status(code);
    return Py_BuildValue("(iLL)", (int)length, (long long)sum, (long long)again);
}

/* ask(capsule, rev) -> node */
static PyObject *ask(PyObject *self, PyObject *args)
{
    PyObject *capsule;
    int rev;
    uint8_t node[20];
    int32_t code;
    const hg_index *index;
    if (!PyArg_ParseTuple(args, "Oi", &capsule, &rev))
        return NULL;
    index = PyCapsule_GetPointer(capsule, HG_INDEX_CAPSULE);
    if (index == NULL)
        return NULL;
    code = hg->index_node(index, rev, node);
    if (code != HG_OK)
        return status(code);
    return PyBytes_FromStringAndSize((char *)node, sizeof(node));
}

static int32_t count(void *context, const uint8_t *path, size_t length, const hg_dirstate_entry *entry)
{
    *(long *)context += entry->tracked;
    return HG_OK;
}

/* tracked(capsule of a repository) -> number of tracked files */
static PyObject *tracked(PyObject *self, PyObject *capsule)
{
    const hg_repo *repo = PyCapsule_GetPointer(capsule, HG_REPO_CAPSULE);
    hg_dirstate *dirstate = NULL;
    long files = 0;
    int32_t code;
    if (repo == NULL)
        return NULL;
    code = hg->repo_dirstate(repo, &dirstate);
    if (code == HG_OK) {
        code = hg->dirstate_each(dirstate, count, &files);
        hg->dirstate_release(dirstate);
    }
    return code == HG_OK ? PyLong_FromLong(files) : status(code);
}

static PyMethodDef methods[] = {
    {"walk", walk, METH_O, NULL},
    {"ask", ask, METH_VARARGS, NULL},
    {"tracked", tracked, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "walker", NULL, -1, methods};

PyMODINIT_FUNC PyInit_walker(void)
{
    hg = hg_api_import();
    return hg == NULL ? NULL : PyModule_Create(&module);
}
