/* Preloaded into a program: counts its calls that change the file system, and at the one chosen by
 * FAULT_AT lets it die (FAULT=kill, or FAULT=torn: half of a write is done first) or, from then on,
 * finds the disk full (FAULT=full). FAULT_COUNT names a file that receives the number of calls;
 * FAULT=list prints them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long calls;

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

static int kind(void) {
    static int known = -1;
    if (known < 0) {
        const char *name = getenv("FAULT");
        known = !name ? 0 : !strcmp(name, "kill") ? 1 : !strcmp(name, "torn") ? 2 : !strcmp(name, "full") ? 3 : 4;
    }
    return known;
}

/* Counts a call; says whether it is to fail because the disk is full, 2 for a torn write. */
/* Whether a descriptor is a file on a disk: pipes and terminals are none of our business. */
static int is_file(int fd) {
    struct stat info;
    return fd > 2 && !fstat(fd, &info) && S_ISREG(info.st_mode);
}

static int strike(int needs_space, int is_write, const char *call, const char *path, int fd) {
    static long at = -1;
    if (at < 0) at = getenv("FAULT_AT") ? atol(getenv("FAULT_AT")) : 0;
    long now = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    if (kind() == 4) {
        char name[4096] = "", link[64];
        if (!path) {
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t len = readlink(link, name, sizeof name - 1);
            name[len < 0 ? 0 : len] = 0;
        }
        fprintf(stderr, "%ld %s %s\n", now, call, path ? path : name);
    }
    if (!at || now < at) return 0;
    switch (kind()) {
    case 1: die(); break;
    case 2: if (is_write) return 2; die(); break;
    case 3: return needs_space;
    }
    return 0;
}

__attribute__((destructor)) static void tell(void) {
    const char *name = getenv("FAULT_COUNT");
    if (name) {
        FILE *file = fopen(name, "w");
        if (file) { fprintf(file, "%ld", calls); fclose(file); }
    }
}

#define NEXT(type, name, ...) \
    static type (*next)(__VA_ARGS__); \
    if (!next) next = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define WRITE(result, name, params, args, fd, full, half) \
    result name params { \
        NEXT(result, #name, FORMALS_##name); \
        if (is_file(fd)) switch (strike(1, 1, CALL_##name, 0, fd)) { \
        case 1: errno = ENOSPC; return -1; \
        case 2: half; die(); \
        } \
        return next args; \
    }
#define CALL_write "write"
#define CALL_pwrite64 "pwrite"
#define CALL_writev "writev"
#define FORMALS_write int, const void *, size_t
#define FORMALS_pwrite64 int, const void *, size_t, off64_t
#define CALL_write "write"
#define CALL_pwrite64 "pwrite"
#define CALL_writev "writev"
#define FORMALS_writev int, const struct iovec *, int
WRITE(ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len), fd, len, next(fd, data, len / 2))
WRITE(ssize_t, pwrite64, (int fd, const void *data, size_t len, off64_t at), (fd, data, len, at), fd, len, next(fd, data, len / 2, at))
WRITE(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count), fd, count, (void)parts)

#define CHANGE(name, space, path, fd, formals, params, args) \
    int name params { \
        NEXT(int, #name, formals); \
        if (strike(space, 0, #name, path, fd)) { errno = ENOSPC; return -1; } \
        return next args; \
    }
#define ARGS(...) __VA_ARGS__
CHANGE(rename, 0, b, 0, ARGS(const char *, const char *), (const char *a, const char *b), (a, b))
CHANGE(unlink, 0, a, 0, ARGS(const char *), (const char *a), (a))
CHANGE(unlinkat, 0, a, 0, ARGS(int, const char *, int), (int d, const char *a, int f), (d, a, f))
CHANGE(rmdir, 0, a, 0, ARGS(const char *), (const char *a), (a))
CHANGE(mkdir, 1, a, 0, ARGS(const char *, mode_t), (const char *a, mode_t m), (a, m))
CHANGE(symlink, 1, b, 0, ARGS(const char *, const char *), (const char *a, const char *b), (a, b))
CHANGE(link, 1, b, 0, ARGS(const char *, const char *), (const char *a, const char *b), (a, b))
CHANGE(linkat, 1, b, 0, ARGS(int, const char *, int, const char *, int), (int d, const char *a, int e, const char *b, int f), (d, a, e, b, f))
CHANGE(ftruncate64, 0, 0, fd, ARGS(int, off64_t), (int fd, off64_t n), (fd, n))
CHANGE(chmod, 0, a, 0, ARGS(const char *, mode_t), (const char *a, mode_t m), (a, m))
CHANGE(fchmod, 0, 0, fd, ARGS(int, mode_t), (int fd, mode_t m), (fd, m))
CHANGE(fsync, 0, 0, fd, ARGS(int), (int fd), (fd))

ssize_t copy_file_range(int in, off64_t *a, int out, off64_t *b, size_t len, unsigned flags) {
    NEXT(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
    if (strike(1, 0, "copy", 0, out)) { errno = ENOSPC; return -1; }
    return next(in, a, out, b, len, flags);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        NEXT(int, #name, const char *, int, ...); \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        if ((flags & (O_CREAT | O_TRUNC)) && strike(flags & O_CREAT, 0, "open", path, 0)) { errno = ENOSPC; return -1; } \
        return next(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
