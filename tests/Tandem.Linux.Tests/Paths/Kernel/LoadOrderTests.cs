using System.Buffers.Binary;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>
/// The programs load a plan's generation, the plan and the generation again in this order also on processors that reorder loads (arm64), and so
/// with answers.
/// </summary>
/// <remarks>No emulator on x86-64 reorders loads, so this looks at the instructions.</remarks>
public class LoadOrderTests
{
    // dst &= 0, 64 bits wide, all but the register.
    private const ulong AndZero = 0x57;
    private const ulong ButRegister = ~0xf00UL;

    // Before the plan and before the second generation, in tandem_tx and in tandem_out; in tandem_rx before the words of an answer, before its due
    // time is read again, and between the carrier and what tells whether sockets took the frame.
    private const int Expected = 4 + 3;

    [Fact]
    public void Each_address_depends_on_what_is_to_be_loaded_before()
    {
        using var stream = typeof(BpfObject).Assembly.GetManifestResourceStream("tandem.bpf.o")!;
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        var found = 0;
        // Instructions have eight octets, and their sections are aligned to as many.
        for (var at = 0; at + sizeof(ulong) <= file.Length; at += sizeof(ulong))
        {
            if ((BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at)) & ButRegister) == AndZero)
                found++;
        }
        Assert.Equal(Expected, found);
    }
}
