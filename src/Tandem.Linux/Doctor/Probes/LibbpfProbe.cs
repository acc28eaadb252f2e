using System.Runtime.InteropServices;
using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Loads the library and reads its version.</summary>
internal static unsafe class LibbpfProbe
{
    public static Libbpf Look()
    {
        if (!NativeLibrary.TryLoad(LibbpfCheck.FileName, out var library))
            return new Libbpf(false, null);
        try
        {
            // uint32_t libbpf_major_version(void), libbpf_minor_version(void); since 0.6.
            return
                NativeLibrary.TryGetExport(library, "libbpf_major_version", out var major)
                && NativeLibrary.TryGetExport(library, "libbpf_minor_version", out var minor)
                ? new Libbpf(true, new Version((int)((delegate* unmanaged<uint>)major)(), (int)((delegate* unmanaged<uint>)minor)()))
                : new Libbpf(true, null);
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }
}
