# SPDX-License-Identifier: MIT
"""The columns of every assigned character as the C library's wcwidth has them, those of one width together:
"first last width", code points in decimal. Python's unicodedata knows which are assigned."""
import ctypes, locale, platform, unicodedata

NONE = {"Cn", "Cs", "Co", "Cc", "Zl", "Zp"}


def main():
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    wcwidth = ctypes.CDLL(None).wcwidth
    print("oracle %s %s, Unicode %s" % (*platform.libc_ver(), unicodedata.unidata_version))
    first = last = width = None
    for point in range(0xA0, 0x110000):
        if unicodedata.category(chr(point)) in NONE:
            continue
        columns = wcwidth(point)
        if columns != width or point != last + 1:
            if first is not None:
                print(first, last, width)
            first, width = point, columns
        last = point
    print(first, last, width)


main()
