using System.Buffers.Binary;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// A bond's state for the next service, stored in the kernel: in a map that no program reads but that is bound to the programs
/// (BPF_PROG_BIND_MAP, Linux 5.10), and so lives as long as they do. Writing needs neither the disk nor RTNL. A kill leaves the old or
/// the new bytes.
/// </summary>
internal sealed unsafe class BondMemory : IDisposable
{
    /// <summary>The map's name (bpf/maps.h).</summary>
    public const string Map = "memory";

    private const int LengthBytes = sizeof(uint);

    private readonly FileDescriptor _map;

    private BondMemory(FileDescriptor map) => _map = map;

    /// <summary>
    /// Takes the map of the loaded object, and binds it to the programs. No effect on older kernels: there only files hold the state.
    /// </summary>
    public static LinuxResult<BondMemory> Of(BpfObject loaded, Programs programs)
    {
        var map = loaded.TakeMap(Map);
        if (map.IsInvalid)
        {
            var error = LinuxResult.Last("the memory map of the kernel data path cannot be kept open");
            map.Dispose();
            return new LinuxResult<BondMemory>(null, error);
        }
        foreach (var program in (ReadOnlySpan<int>)[programs.Transmit, programs.Out, programs.Receive])
            _ = LibBpf.ProgramBindMap(program, map.Number, null);
        return new LinuxResult<BondMemory>(new BondMemory(map));
    }

    /// <summary>Replaces the stored state. A state that is too large clears it.</summary>
    public LinuxResult Write(ReadOnlySpan<byte> text)
    {
        var info = default(BpfMapInfo);
        var size = (uint)sizeof(BpfMapInfo);
        if (LibBpf.GetInfo(_map.Number, &info, &size) is < 0 and var failed)
            return BpfObject.Checked(failed, "the memory map of the kernel data path cannot be found");
        var value = new byte[info.ValueSize];
        var fits = text.Length + LengthBytes <= value.Length;
        if (fits)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(value, (uint)text.Length);
            text.CopyTo(value.AsSpan(LengthBytes));
        }
        uint first = 0;
        fixed (byte* p = value)
        {
            var result = BpfObject.Checked(
                LibBpf.MapUpdate(_map.Number, &first, p, 0),
                "the memory map of the kernel data path cannot be written"
            );
            return result.IsOk && !fits
                ? new LinuxResult(Errno.ENOSPC, "the bond's state does not fit into the memory map of the kernel data path")
                : result;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _map.Dispose();

    /// <summary>Reads the states bound to the programs at these places, each map once.</summary>
    public static IReadOnlyList<byte[]> ReadAll(IEnumerable<Place> places)
    {
        var texts = new Dictionary<uint, byte[]>();
        if (LibBpf.Problem is not null)
            return [];
        foreach (var place in places)
        {
            if (place.Find() is var program and not 0)
                Read(program, texts);
        }
        return [.. texts.Values];
    }

    private static void Read(uint program, Dictionary<uint, byte[]> texts)
    {
        foreach (var (name, (map, info)) in BpfId.OpenMaps(program))
        {
            using (map)
            {
                if (name == Map && !texts.ContainsKey(info.Id) && Read(map.Number, info.ValueSize) is { } text)
                    texts[info.Id] = text;
            }
        }
    }

    private static byte[]? Read(int map, uint size)
    {
        var value = new byte[size];
        uint first = 0;
        fixed (byte* p = value)
        {
            if (size <= LengthBytes || LibBpf.MapLookup(map, &first, p) < 0)
                return null;
        }
        var length = BinaryPrimitives.ReadUInt32LittleEndian(value);
        return length is 0 || length > size - LengthBytes ? null : value[LengthBytes..(LengthBytes + (int)length)];
    }
}
