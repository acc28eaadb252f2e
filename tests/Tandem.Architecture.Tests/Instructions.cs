using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace Tandem.Architecture.Tests;

/// <summary>Walks the instructions of a method.</summary>
internal static class Instructions
{
    private const byte TwoBytes = 0xfe;

    private static readonly Dictionary<ushort, OperandType> Operands = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (ushort)code.Value, code => code.OperandType);

    /// <summary>The metadata tokens among the operands, except tokens of strings.</summary>
    public static IReadOnlyList<int> Tokens(BlobReader code)
    {
        var tokens = new List<int>();
        while (code.RemainingBytes > 0)
        {
            ushort opcode = code.ReadByte();
            if (opcode == TwoBytes)
                opcode = (ushort)(opcode << 8 | code.ReadByte());
            switch (Operands[opcode])
            {
                case OperandType.InlineField
                or OperandType.InlineMethod
                or OperandType.InlineType
                or OperandType.InlineTok
                or OperandType.InlineSig:
                    tokens.Add(code.ReadInt32());
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += targets * sizeof(int);
                    break;
                case var operand:
                    code.Offset += SizeOf(operand);
                    break;
            }
        }
        return tokens;
    }

    private static int SizeOf(OperandType operand) =>
        operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => sizeof(byte),
            OperandType.InlineVar => sizeof(ushort),
            OperandType.InlineI8 or OperandType.InlineR => sizeof(long),
            _ => sizeof(int),
        };
}
