using CsCheck;
using Tandem.Api;
using Tandem.Config.Specs;
using Tandem.Core.Options;

namespace Tandem.Config.Tests.Specs;

/// <summary>Random specs that the service would accept, in canonical form.</summary>
internal static class SpecGenerator
{
    // Includes names that YAML could take for other values, and names that need quotation marks.
    private static readonly string[] Names =
    [
        "eth0",
        "eth1",
        "eth2",
        "enp3s0f1",
        "yes",
        "null",
        "~",
        "123",
        "1e3",
        "0x1f",
        "-",
        "#a",
        "a#b",
        "&x",
        "*x",
        "!x",
        "[a",
        "a,b",
        "{a}",
        "\"q\"",
        "'s'",
        "back\\slash",
        "übung",
        "eth0.100",
        "@",
        "`",
        "|",
        ">",
        "%".Replace("%", "=", StringComparison.Ordinal),
        "?",
        "802.3ad",
    ];

    private static readonly Gen<BondOption[]> SomeOptions = Gen.Shuffle(BondOptionTable.Bond.ToArray())
        .SelectMany(all => Gen.Int[0, 8].Select(count => all.Take(count).ToArray()));

    public static Gen<BondSpec> Spec { get; } =
        from mode in Gen.Int[0, 6]
        from options in SomeOptions
        from values in Gen.Long[0, long.MaxValue].Array[8]
        from names in Gen.Shuffle(Names)
        from count in Gen.Int[-1, 4]
        from memberValues in Gen.Long[0, long.MaxValue].Array[20]
        from mtu in Gen.Int[68, 65535]
        from queues in Gen.Int[1, 4096]
        from parts in Gen.Int[0, 31]
        select CanonicalSpec.Of(
            new BondSpec
            {
                Options = Options((BondMode)mode, options, values),
                Mtu = (parts & 1) == 0 ? null : mtu,
                NumTxQueues = (parts & 2) == 0 ? null : queues,
                Address = (parts & 4) == 0 ? null : "52:54:00:12:34:56",
                Up = (parts & 8) == 0,
                Members =
                    count < 0
                        ? null
                        : [.. names.Take(count).Select((name, i) => Member((BondMode)mode, name, memberValues.AsSpan(i * 4, 4)))],
            }
        );

    private static Dictionary<string, string> Options(BondMode mode, BondOption[] options, long[] values)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var changes = new List<KeyValuePair<BondOption, OptionValue>>
        {
            KeyValuePair.Create(BondOptions.Known.Mode, new OptionValue((long)mode)),
        };
        foreach (var (option, random) in options.Zip(values))
        {
            if (option == BondOptions.Known.Mode)
                continue;
            changes.Add(KeyValuePair.Create(option, Value(option, random)));
            // Drops an option that does not go with the others.
            if (SpecOptions.Apply(changes).Error is not null)
                changes.RemoveAt(changes.Count - 1);
        }
        foreach (var (option, value) in changes)
            texts[option.Name] = value.Format(option);
        return texts;
    }

    private static MemberSpec Member(BondMode mode, string name, ReadOnlySpan<long> values)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < values.Length; i++)
        {
            var option = BondOptionTable.Member[i];
            if (values[i] % 3 == 0 && option.AppliesTo(mode))
                texts[option.Name] = Value(option, values[i]).Format(option);
        }
        return new MemberSpec { Name = name, Options = texts };
    }

    private static OptionValue Value(BondOption option, long random) =>
        option.Kind switch
        {
            OptionKind.Choice => new OptionValue(random % option.Choices.Length),
            OptionKind.Number => new OptionValue(option.Min + (random % (option.Max - option.Min + 1))),
            OptionKind.Switch => new OptionValue(random % 2),
            OptionKind.Mac => new OptionValue(random & 0xfeff_ffff_ffff),
            OptionKind.Interface => new OptionValue(0, Names[random % Names.Length]),
            OptionKind.Ip4List => Addresses(random, i => $"192.0.2.{i}"),
            _ => Addresses(random, i => i == 1 ? "fe80::" : $"fe80::{i}"),
        };

    private static OptionValue Addresses(long random, Func<long, string> address) =>
        new(0, Addresses: [.. Enumerable.Range(1, (int)(random % 17)).Select(i => System.Net.IPAddress.Parse(address(i)))]);
}
