import sys,time
from pathlib import Path
from tests.bluez import vm, image, packages, cpio
cache = Path(".deep/bluez").resolve(); t=time.time()
root = packages.fetch(cache)
print("fetched", time.time()-t)
tr = image.tree(root, sys.argv[1:])
f = cache/"initrd"
import gzip
with gzip.open(f,"wb",1) as out:
    for p in cpio.archive(tr): out.write(p)
print("initrd", time.time()-t, f.stat().st_size, len(tr.entries))
kernel = next((root / "boot").glob("vmlinuz-*"))
for l in vm.lines(vm.command(kernel, f), 1200): print(round(time.time()-t,1), l, flush=True)
