using System.Runtime.InteropServices;
using System.Text;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>Access to the kernel's programs and maps by ID, for processes with CAP_SYS_ADMIN.</summary>
internal static unsafe class BpfId
{
    /// <summary>Prefix of the names of all of Tandem's programs.</summary>
    private const string Prefix = "tandem_";

    /// <summary>Opens a program; null if it does not exist.</summary>
    public static FileDescriptor? OpenProgram(uint id) => id == 0 ? null : Opened(LibBpf.ProgramById(id));

    /// <summary>The ID of an open program; 0 if the kernel does not answer.</summary>
    public static uint Of(int program)
    {
        var info = default(BpfProgInfo);
        var length = (uint)sizeof(BpfProgInfo);
        return LibBpf.GetInfo(program, &info, &length) < 0 ? 0 : info.Id;
    }

    /// <summary>Whether this process may open programs by ID, which it needs to find its own again.</summary>
    public static bool MayOpen(int program)
    {
        using var again = OpenProgram(Of(program));
        return again is not null;
    }

    /// <summary>Whether a program is one of Tandem's.</summary>
    public static bool IsOurs(uint id) => NameOf(id).StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>A program's name; empty if it is gone or may not be opened.</summary>
    public static string NameOf(uint id)
    {
        using var program = OpenProgram(id);
        var info = default(BpfProgInfo);
        var length = (uint)sizeof(BpfProgInfo);
        return program is null || LibBpf.GetInfo(program.Number, &info, &length) < 0 ? "" : Text(info.Name);
    }

    /// <summary>Opens the maps that a program uses, by name.</summary>
    public static Dictionary<string, (FileDescriptor Fd, BpfMapInfo Info)> OpenMaps(uint programId)
    {
        var maps = new Dictionary<string, (FileDescriptor, BpfMapInfo)>(StringComparer.Ordinal);
        foreach (var id in MapIds(programId))
        {
            if (Opened(LibBpf.MapById(id)) is not { } map)
                continue;
            var info = default(BpfMapInfo);
            var length = (uint)sizeof(BpfMapInfo);
            if (LibBpf.GetInfo(map.Number, &info, &length) < 0 || !maps.TryAdd(Text(info.Name), (map, info)))
                map.Dispose();
        }
        return maps;
    }

    private static uint[] MapIds(uint programId)
    {
        const int MaxMaps = 16;
        using var program = OpenProgram(programId);
        if (program is null)
            return [];
        var ids = stackalloc uint[MaxMaps];
        var info = new BpfProgInfo { MapCount = MaxMaps, MapIds = ids };
        var length = (uint)sizeof(BpfProgInfo);
        return LibBpf.GetInfo(program.Number, &info, &length) < 0
            ? []
            : new Span<uint>(ids, (int)Math.Min(info.MapCount, MaxMaps)).ToArray();
    }

    private static FileDescriptor? Opened(FileDescriptor fd)
    {
        if (!fd.IsInvalid)
            return fd;
        fd.Dispose();
        return null;
    }

    // The name's array has a terminating zero, even for 15 bytes.
    private static string Text(byte* name) => Encoding.ASCII.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
}
