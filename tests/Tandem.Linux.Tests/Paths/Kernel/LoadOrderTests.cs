using System.Buffers.Binary;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>
/// The programs load a plan's generation, the plan and the generation again in this order, also on processors that reorder loads (arm64). The same
/// holds for answers.
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
        foreach (var section in InstructionsOf(file))
        {
            for (var at = section.Start.Value; at < section.End.Value; at += sizeof(ulong))
            {
                if ((BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at)) & ButRegister) == AndZero)
                    found++;
            }
        }
        Assert.Equal(Expected, found);
    }

    /// <summary>Where sections of an ELF file with 64 bits have instructions (System V ABI, chapter 4, "Section Header": SHF_EXECINSTR).</summary>
    /// <remarks>Tables of symbols and relocations hold numbers that look like instructions.</remarks>
    private static List<Range> InstructionsOf(byte[] file)
    {
        const int Executable = 4;
        var table = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(0x28));
        var size = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(0x3a));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(0x3c));
        var found = new List<Range>();
        for (var i = 0; i < count; i++)
        {
            var header = file.AsSpan(table + i * size, size);
            var (start, length) = (
                (int)BinaryPrimitives.ReadUInt64LittleEndian(header[0x18..]),
                (int)BinaryPrimitives.ReadUInt64LittleEndian(header[0x20..])
            );
            if ((BinaryPrimitives.ReadUInt64LittleEndian(header[8..]) & Executable) != 0)
                found.Add(start..(start + length));
        }
        Assert.NotEmpty(found);
        return found;
    }
}
