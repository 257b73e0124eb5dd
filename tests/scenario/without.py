"""Run a program as on a kernel that lacks a system call: without.py CALL PROGRAM [ARGUMENT…]."""
import ctypes
import errno
import os
import sys

ALLOW = 0x7FFF0000  # SCMP_ACT_ALLOW
ERRNO = 0x00050000  # SCMP_ACT_ERRNO(…)


def refuse(call):
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_rule_add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    context = library.seccomp_init(ALLOW)
    number = library.seccomp_syscall_resolve_name(call.encode())
    if library.seccomp_rule_add(context, ERRNO | errno.ENOSYS, number, 0) != 0 or library.seccomp_load(context) != 0:
        sys.exit(f"cannot take {call} away")


if __name__ == "__main__":
    refuse(sys.argv[1])
    os.execv(sys.argv[2], sys.argv[2:])
