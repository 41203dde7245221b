// Counts a process's fsync and fdatasync calls at the cost of one addition each. strace would slow what is measured.
//
//   cc -O2 -shared -fPIC -o count_syncs.so count_syncs.c
//   SYNC_COUNT_FILE=count LD_PRELOAD=./count_syncs.so some-server
//
// The file's first eight bytes are the count so far, in the machine's byte order.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic uint64_t unread, *count = &unread;

__attribute__((constructor)) static void open_count(void) {
    const char *path = getenv("SYNC_COUNT_FILE");
    int file = path ? open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600) : -1;
    if (file < 0) return;
    if (!ftruncate(file, sizeof *count)) {
        void *memory = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (memory != MAP_FAILED) count = memory;
    }
    close(file);
}

int fsync(int file) {
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
    return (int)syscall(SYS_fdatasync, file);
}
