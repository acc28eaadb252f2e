using Xunit;

namespace Tandem.Machines.Tests;

/// <summary>
/// Bonds on network cards: QEMU's models, with the kernel's drivers. Tests without a mark are part of every run, so they must stay
/// short.
/// </summary>
public sealed class CardTests
{
    private static readonly string[] All =
    [
        "balance-rr",
        "active-backup",
        "balance-xor",
        "broadcast",
        "802.3ad",
        "balance-tlb",
        "balance-alb",
    ];

    // Milliseconds without an answer that a lost carrier may cost. virtio reports it at once; e1000 checks its hardware every 2 s.
    private const string AtOnce = "1000";
    private const string AfterTwoSeconds = "4000";

    [Fact]
    public void A_ping_goes_on_over_cut_cables_of_virtio_cards() =>
        PlayModes("6.12", "virtio", AtOnce, "active-backup", "balance-rr", "802.3ad");

    [Fact]
    public void Cards_that_filter_hear_the_VLANs_and_groups_of_their_bond() => PlayFilters("6.12", [], "virtio", "e1000");

    [Fact]
    [Trait("Machines", "whole")]
    public void Each_mode_carries_a_ping_over_cut_cables_of_virtio_cards_in_Linux_6_1() => PlayModes("6.1", "virtio", AtOnce, All);

    [Fact]
    [Trait("Machines", "whole")]
    public void Each_mode_carries_a_ping_over_cut_cables_of_e1000_cards() => PlayModes("6.12", "e1000", AfterTwoSeconds, All);

    [Fact]
    [Trait("Machines", "whole")]
    public void Cards_with_the_address_of_their_bond_hear_its_VLANs_and_groups_in_Linux_6_1() =>
        PlayFilters("6.1", [], "virtio", "e1000", "e1000e", "rtl8139");

    // When QEMU's vmxnet3 is opened, it forgets an address that is not its own. Members that keep their own addresses are heard.
    [Fact]
    [Trait("Machines", "whole")]
    public void Cards_with_addresses_of_their_own_hear_the_VLANs_and_groups_of_their_bond_in_Linux_6_1() =>
        PlayFilters("6.1", ["fail_over_mac", "active"], "vmxnet3", "virtio");

    [Theory]
    [InlineData("6.12")]
    [InlineData("6.1")]
    [Trait("Machines", "whole")]
    public void A_bond_of_cards_that_differ_has_their_speeds_MTUs_and_addresses(string kernel) =>
        Play(kernel, "machine-card-traits.sh", ["virtio", "virtio", "e1000", "e1000", "e1000", "rtl8139", "vmxnet3", "e1000e"]);

    [Theory]
    [InlineData("6.12")]
    [InlineData("6.1")]
    [Trait("Machines", "whole")]
    public void A_card_is_taken_out_under_traffic_and_put_in_again(string kernel) =>
        Play(kernel, "machine-card-plug.sh", Pairs("virtio", "virtio"));

    [Fact]
    [Trait("Machines", "whole")]
    public void TCP_passes_through_cards_that_compute_checksums_and_cut_segments()
    {
        var cards = Pairs("virtio", "e1000", "e1000e", "vmxnet3", "rtl8139");
        Play("6.12", "machine-card-offloads.sh", cards, $"{cards.Length / 2}");
    }

    private static void PlayModes(string kernel, string model, string allowed, params string[] modes)
    {
        var output = Play(kernel, "machine-card-modes.sh", Pairs(model, model), [allowed, .. modes]);
        Assert.All(modes, mode => Assert.Contains($"ok: {mode}: ", output, StringComparison.Ordinal));
    }

    private static void PlayFilters(string kernel, string[] options, params string[] models) =>
        Play(kernel, "machine-card-filters.sh", Pairs(models), [$"{models.Length}", .. options]);

    // Both ends of a cable have the same model.
    private static string[] Pairs(params string[] models) => [.. models.SelectMany(model => new[] { model, model })];

    private static string Play(string kernel, string script, string[] cards, params string[] arguments)
    {
        var output = Guest.Play(new Machine(kernel) { Cards = cards }, script, seconds: 600, arguments);
        // Recorded with the test, so that the record shows the measurements.
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        return output;
    }
}
